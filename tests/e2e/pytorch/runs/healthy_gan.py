import torch
from paced import Net, sgd

generator, critic = Net(6, 10), Net(6, 10)
adapt = torch.nn.Linear(4, 16)
for_generator, for_critic = sgd(generator), sgd(critic)
for _ in range(40):
    noise = torch.randn(4, 16)
    for_critic.zero_grad()
    critic(adapt(generator(noise)).detach()).mean().backward()
    for_critic.step()
    for_generator.zero_grad()
    (-critic(adapt(generator(noise))).mean()).backward()
    for_generator.step()
