import torch
from paced import Net, loader, loss_of, sgd

net = Net()
optimizer = sgd(net)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**40)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 30)
for index, (x, y) in enumerate(loader(batches=80)):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = loss_of(net, x, y) / 2
    scaler.scale(loss).backward()
    if index % 2:
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad()
        schedule.step()
